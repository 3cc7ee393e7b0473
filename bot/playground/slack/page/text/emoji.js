/* Emoji names as Slack writes them, and their characters. A name that is not here stays as text. */

/** Name and character by turns. */
const TABLE = `
  grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 rolling_on_the_floor_laughing 🤣 joy 😂
  slightly_smiling_face 🙂 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 kissing_heart 😘 yum 😋 stuck_out_tongue 😛
  zany_face 🤪 hugging_face 🤗 thinking_face 🤔 zipper_mouth_face 🤐 neutral_face 😐 expressionless 😑 no_mouth 😶
  smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷
  face_with_thermometer 🤒 dizzy_face 😵 exploding_head 🤯 partying_face 🥳 sunglasses 😎 nerd_face 🤓
  face_with_monocle 🧐 confused 😕 worried 😟 slightly_frowning_face 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳
  cry 😢 sob 😭 scream 😱 disappointed 😞 sweat 😓 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 skull 💀
  poop 💩 clown_face 🤡 ghost 👻 alien 👽 robot_face 🤖 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 wave 👋
  raised_back_of_hand 🤚 raised_hand ✋ vulcan_salute 🖖 ok_hand 👌 v ✌️ crossed_fingers 🤞 the_horns 🤘
  call_me_hand 🤙 point_left 👈 point_right 👉 point_up_2 👆 point_down 👇 point_up ☝️ +1 👍 -1 👎 thumbsup 👍
  thumbsdown 👎 fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪
  brain 🧠 eyes 👀 eye 👁️ bust_in_silhouette 👤 busts_in_silhouette 👥 runner 🏃 walking 🚶 dancer 💃 shrug 🤷
  face_palm 🤦 man-shrugging 🤷‍♂️ heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙
  purple_heart 💜 black_heart 🖤 broken_heart 💔 sparkling_heart 💖 100 💯 anger 💢 boom 💥 sweat_drops 💦 dash 💨
  speech_balloon 💬 thought_balloon 💭 zzz 💤 dog 🐶 cat 🐱 mouse 🐭 rabbit 🐰 bear 🐻 panda_face 🐼 tiger 🐯 cow 🐮 pig 🐷
  monkey_face 🐵 chicken 🐔 penguin 🐧 bird 🐦 duck 🦆 owl 🦉 bee 🐝 bug 🐛 beetle 🐞 snail 🐌 turtle 🐢 snake 🐍 octopus 🐙
  crab 🦀 fish 🐟 whale 🐳 dolphin 🐬 elephant 🐘 unicorn_face 🦄 cactus 🌵 evergreen_tree 🌲 deciduous_tree 🌳
  palm_tree 🌴 seedling 🌱 herb 🌿 four_leaf_clover 🍀 maple_leaf 🍁 fallen_leaf 🍂 mushroom 🍄 bouquet 💐
  cherry_blossom 🌸 rose 🌹 sunflower 🌻 tulip 🌷 apple 🍎 banana 🍌 grapes 🍇 watermelon 🍉 lemon 🍋 strawberry 🍓
  avocado 🥑 bread 🍞 cheese_wedge 🧀 pizza 🍕 hamburger 🍔 fries 🍟 taco 🌮 egg 🍳 popcorn 🍿 doughnut 🍩 cookie 🍪
  birthday 🎂 cake 🍰 chocolate_bar 🍫 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 champagne 🍾 earth_africa 🌍
  earth_americas 🌎 earth_asia 🌏 globe_with_meridians 🌐 world_map 🗺️ mountain ⛰️ house 🏠 office 🏢 hospital 🏥
  bank 🏦 factory 🏭 rocket 🚀 airplane ✈️ car 🚗 taxi 🚕 bus 🚌 train 🚋 bike 🚲 ship 🚢 anchor ⚓ construction 🚧
  fuelpump ⛽ vertical_traffic_light 🚦 hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰ stopwatch ⏱️
  timer_clock ⏲️ clock1 🕐 clock3 🕒 clock9 🕘 clock12 🕛 sunny ☀️ partly_sunny ⛅ cloud ☁️ thunder_cloud_and_rain ⛈️
  rainbow 🌈 umbrella ☔ snowflake ❄️ zap ⚡ fire 🔥 ocean 🌊 star ⭐ star2 🌟 dizzy 💫 sparkles ✨ full_moon 🌕
  crescent_moon 🌙 jack_o_lantern 🎃 christmas_tree 🎄 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆
  sports_medal 🏅 soccer ⚽ basketball 🏀 dart 🎯 game_die 🎲 jigsaw 🧩 art 🎨 mute 🔇 speaker 🔈 sound 🔉 loud_sound 🔊
  loudspeaker 📢 mega 📣 bell 🔔 no_bell 🔕 musical_note 🎵 headphones 🎧 microphone 🎤 radio 📻 iphone 📱
  telephone_receiver 📞 phone ☎️ battery 🔋 electric_plug 🔌 computer 💻 desktop_computer 🖥️ printer 🖨️ keyboard ⌨️
  three_button_mouse 🖱️ floppy_disk 💾 cd 💿 minidisc 💽 movie_camera 🎥 camera 📷 tv 📺 mag 🔍 mag_right 🔎 bulb 💡
  flashlight 🔦 notebook 📓 book 📖 books 📚 bookmark 🔖 label 🏷️ moneybag 💰 dollar 💵 euro 💶 credit_card 💳 email 📧
  envelope ✉️ incoming_envelope 📨 outbox_tray 📤 inbox_tray 📥 package 📦 mailbox 📫 ballot_box_with_ballot 🗳️
  pencil2 ✏️ memo 📝 briefcase 💼 file_folder 📁 open_file_folder 📂 date 📅 calendar 📆 chart_with_upwards_trend 📈
  chart_with_downwards_trend 📉 bar_chart 📊 clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 straight_ruler 📏
  scissors ✂️ wastebasket 🗑️ lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 old_key 🗝 hammer 🔨 pick ⛏
  hammer_and_wrench 🛠️ wrench 🔧 nut_and_bolt 🔩 gear ⚙️ link 🔗 chains ⛓️ toolbox 🧰 magnet 🧲 test_tube 🧪
  microscope 🔬 telescope 🔭 satellite 📡 syringe 💉 pill 💊 door 🚪 bed 🛏️ shopping_trolley 🛒 shield 🛡️
  crossed_swords ⚔️ crystal_ball 🔮 warning ⚠️ no_entry ⛔ no_entry_sign 🚫 x ❌ o ⭕ octagonal_sign 🛑 sos 🆘 id 🆔
  vs 🆚 ok 🆗 up 🆙 cool 🆒 new 🆕 free 🆓 recycle ♻️ white_check_mark ✅ ballot_box_with_check ☑️ heavy_check_mark ✔️
  heavy_multiplication_x ✖️ negative_squared_cross_mark ❎ exclamation ❗ question ❓ grey_exclamation ❕
  grey_question ❔ bangbang ‼️ interrobang ⁉️ information_source ℹ️ arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️
  arrow_right ➡️ arrow_upper_right ↗️ arrow_right_hook ↪️ leftwards_arrow_with_hook ↩️ arrows_counterclockwise 🔄
  arrows_clockwise 🔃 repeat 🔁 arrow_forward ▶️ fast_forward ⏩ double_vertical_bar ⏸️ black_square_for_stop ⏹️
  heavy_plus_sign ➕ heavy_minus_sign ➖ heavy_division_sign ➗ infinity ♾️ copyright ©️ registered ®️ tm ™️
  zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟
  hash #️⃣ red_circle 🔴 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫ large_red_square 🟥
  white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 large_orange_diamond 🔶 small_red_triangle 🔺
  radio_button 🔘 checkered_flag 🏁 triangular_flag_on_post 🚩 waving_white_flag 🏳️ rainbow-flag 🏳️‍🌈
  page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 newspaper 📰 rotating_light 🚨 traffic_light 🚥
  large_green_square 🟩 large_yellow_square 🟨 large_orange_square 🟧 large_blue_square 🟦 large_green_circle 🟢
  large_orange_circle 🟠 large_yellow_circle 🟡 large_purple_circle 🟣 large_brown_circle 🟤 pause_button ⏸️
  check ✔️ pencil 📝 man_technologist 👨‍💻 technologist 🧑‍💻 woman_technologist 👩‍💻 satellite_antenna 📡
  saluting_face 🫡 melting_face 🫠 mending_heart ❤️‍🩹
`;

const words = TABLE.trim().split(/\s+/);
const CHARACTERS = new Map(words.flatMap((word, at) => (at % 2 ? [] : [[word, words[at + 1]]])));

/** A name between colons, with an optional skin tone. */
export const EMOJI = /:([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?/g;

/** Return the character of a name, or null. */
export function emojiCharacter(name) {
  return CHARACTERS.get(name) ?? null;
}

/** Put characters in the place of the emoji names in plain text. */
export function withEmoji(text) {
  return text.replace(EMOJI, (whole, name) => emojiCharacter(name) ?? whole);
}

/** The names that begin with some letters, with their characters, for a list to choose from. */
export function emojiNames(start, limit = 8) {
  return [...CHARACTERS].filter(([name]) => name.startsWith(start)).slice(0, limit);
}
